"""How a message reaches a person: one module for each way, all with the same `send`."""
