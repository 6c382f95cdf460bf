//! What kube-proxy does with a packet on one node: the endpoints it may choose from, or why none (§4).
