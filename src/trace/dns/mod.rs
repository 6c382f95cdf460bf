//! What the cluster DNS answers: the Corefile and the records of its `kubernetes` plugin (§2).
