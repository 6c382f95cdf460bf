//! Corefiles: what clusters have, and every option that changes an answer.
//!
//! `@BIND` stands for the address to listen on, `@KUBE` for how the plugin finds the API server, `@UP` and `@STUB` for two
//! resolvers, `@HOSTS` for the file [`HOSTS`], `@READY` for an address of the `ready` plugin.

/// A hosts file.
pub(super) const HOSTS: &str =
    "127.0.0.1 localhost\n10.9.9.8 filed.test hosted.test # a comment\nfd00:9::8 filed.test\n";

/// A name for messages, and the text.
pub(super) struct Corefile {
    pub name: &'static str,
    pub text: &'static str,
}

pub(super) const ALL: [Corefile; 9] = [
    Corefile {
        name: "kubeadm",
        text: ". {
    @BIND
    errors
    ready @READY
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        @KUBE
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
        ttl 30
    }
    forward . @UP {
        max_concurrent 1000
    }
    cache 30 {
        disable success cluster.local
        disable denial cluster.local
    }
    loadbalance
}
",
    },
    Corefile {
        name: "bare, endpoint_pod_names, pods verified",
        text: "cluster.local in-addr.arpa ip6.arpa {
    @BIND
    errors
    ready @READY
    kubernetes {
        @KUBE
        endpoint_pod_names
        pods verified
    }
}
",
    },
    Corefile {
        name: "stub domain, hosts, rewrite",
        text: "stub.test {
    @BIND
    errors
    forward . @STUB
    cache 20
}
. {
    @BIND
    errors
    ready @READY
    rewrite name exact shopfront.test web.shop.svc.cluster.local
    rewrite name suffix .shop.test .shop.svc.cluster.local answer auto
    hosts @HOSTS {
        10.9.9.9 hosted.test web.shop.svc.cluster.local
        fd00:9::9 hosted.test
        fallthrough
    }
    kubernetes cluster.local 10.in-addr.arpa {
        @KUBE
        pods disabled
        fallthrough
    }
    forward . @UP
    cache 3600
}
",
    },
    Corefile {
        name: "two kubernetes blocks, namespaces, ignore empty_service",
        text: "cluster.local {
    @BIND
    ready @READY
    kubernetes {
        @KUBE
        namespaces shop a svc
        ignore empty_service
        ttl 0
        pods insecure
    }
}
other.domain.test 10.in-addr.arpa 0.0.d.f.ip6.arpa {
    @BIND
    ready @READY
    kubernetes other.domain.test 10.in-addr.arpa 0.0.d.f.ip6.arpa {
        @KUBE
        namespaces data pod dns x-y shop
        endpoint_pod_names
    }
    cache 10
}
",
    },
    Corefile {
        name: "zonal, cache bounds",
        text: ". {
    @BIND
    ready @READY
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        @KUBE
        zonal
        pods verified
        ttl 600
    }
    cache {
        success 1000 40 8
        denial 1000 12 7
    }
}
",
    },
    Corefile {
        name: "labels of objects",
        text: "cluster.local in-addr.arpa ip6.arpa {
    @BIND
    ready @READY
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        @KUBE
        labels tier=front
        pods verified
    }
}
",
    },
    Corefile {
        name: "labels of namespaces",
        text: "cluster.local in-addr.arpa ip6.arpa {
    @BIND
    ready @READY
    kubernetes {
        @KUBE
        namespace_labels team=a
        pods insecure
        fallthrough shop.svc.cluster.local
    }
    forward . @UP
}
",
    },
    Corefile {
        name: "noendpoints, nested zones",
        text: "cluster.local {
    @BIND
    ready @READY
    kubernetes {
        @KUBE
        noendpoints
    }
}
shop.svc.cluster.local {
    @BIND
    forward . @STUB
}
10.244.0.0/16 10.96.0.0/16 {
    @BIND
    ready @READY
    kubernetes cluster.local 10.244.0.0/16 10.96.0.0/16 {
        @KUBE
    }
}
",
    },
    Corefile {
        name: "snippet, hosts before a zone",
        text: "(common) {
    @BIND
    errors
    loadbalance round_robin
}
cluster.local example.com {
    import common
    ready @READY
    hosts @HOSTS shop.svc.cluster.local example.com {
        192.0.2.200 www.example.com web.shop.svc.cluster.local nobody.shop.svc.cluster.local
        192.0.2.201 api.data.svc.cluster.local
        ttl 44
        fallthrough cluster.local
    }
    kubernetes cluster.local {
        @KUBE
        pods insecure
        ttl 77
    }
}
in-addr.arpa ip6.arpa {
    import common
    ready @READY
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        @KUBE
        endpoint_pod_names
        fallthrough 82.10.in-addr.arpa
    }
    forward . @UP
}
",
    },
];

/// Those for a server that runs as a pod of the cluster: what it says of itself, which a `bind` takes from it.
pub(super) const POD: [Corefile; 4] = [
    Corefile {
        name: "as a pod",
        text: ". {
    ready @READY
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        @KUBE
        pods verified
        ttl 30
    }
    cache 30
}
",
    },
    Corefile {
        name: "as a pod, some objects",
        text: ". {
    ready @READY
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        @KUBE
        labels tier=front
    }
}
",
    },
    Corefile {
        name: "as a pod, bind",
        text: ". {
    @BIND
    ready @READY
    kubernetes cluster.local {
        @KUBE
    }
}
",
    },
    Corefile {
        name: "as a pod, noendpoints",
        text: ". {
    ready @READY
    kubernetes cluster.local {
        @KUBE
        noendpoints
    }
}
",
    },
];
