//! podpath: how a Kubernetes Service name becomes pods, live in a terminal.
