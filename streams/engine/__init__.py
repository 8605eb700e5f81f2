"""The only Faust: loops, acks, state. Everything here is about never acknowledging too early."""
