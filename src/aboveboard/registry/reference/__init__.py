"""What the reference pages say of a registry: plain values, ready for any template."""
