"""Every way in: readers, mapping, `accept`, the simulator."""
