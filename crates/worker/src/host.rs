//! What a worker says of the machine it runs on.

/// The host's name.
pub(crate) fn name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}

/// The instruction sets of this CPU that a kernel could choose between, most capable first, separated by commas.
pub fn cpu_features() -> String {
    #[cfg(target_arch = "x86_64")]
    {
        let features = [
            ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
            ("avx512bw", std::arch::is_x86_feature_detected!("avx512bw")),
            ("avx512vpopcntdq", std::arch::is_x86_feature_detected!("avx512vpopcntdq")),
            ("avx512bitalg", std::arch::is_x86_feature_detected!("avx512bitalg")),
            ("avx2", std::arch::is_x86_feature_detected!("avx2")),
            ("fma", std::arch::is_x86_feature_detected!("fma")),
            ("aes", std::arch::is_x86_feature_detected!("aes")),
            ("popcnt", std::arch::is_x86_feature_detected!("popcnt")),
        ];
        let present: Vec<&str> =
            features.iter().filter(|(_, present)| *present).map(|(name, _)| *name).collect();
        format!("x86_64,{}", present.join(","))
    }
    #[cfg(not(target_arch = "x86_64"))]
    {
        std::env::consts::ARCH.to_owned()
    }
}
