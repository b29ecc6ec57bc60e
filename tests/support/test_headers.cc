// Nothing but a target for the precompiled header that all test programs share.
