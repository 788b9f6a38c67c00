"""Files into rows of cells, safely; what the columns mean is not known here."""
