"""Every step from an older schema to this one, in order. A step is never changed after its release."""
