//! One source for every CPU: kernels are compiled once for each level of vector instructions, and the best level that
//! the machine has is chosen when the program runs.
//!
//! A level changes how fast a kernel is, never what it computes: kernels use integers, or +, ×, ÷ and √ of floats in a
//! fixed order, and Rust never contracts a × b + c. Every kernel is tested to give the same bits on every level.

use std::sync::OnceLock;

/// A set of vector instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What the target always has: SSE2 on x86-64, NEON on AArch64.
    Baseline,
    /// x86-64 with AVX2, BMI2 and POPCNT: since 2013.
    Avx2,
    /// x86-64 with AVX-512 F, BW, CD, DQ, VL, VBMI, VPOPCNTDQ and BITALG: since 2019.
    Avx512,
}

impl Level {
    /// All of them, from the least to the best.
    pub const ALL: [Level; 3] = [Level::Baseline, Level::Avx2, Level::Avx512];

    /// The name used on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Level::Baseline => "baseline",
            Level::Avx2 => "avx2",
            Level::Avx512 => "avx512",
        }
    }

    /// The level of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Whether this machine has it.
    pub fn is_available(self) -> bool {
        self <= detected()
    }

    /// The levels of this machine, from the least to the best.
    pub fn available() -> impl Iterator<Item = Level> {
        Self::ALL.into_iter().filter(|level| level.is_available())
    }

    /// The level that kernels use unless they are told another: the best one that the machine has, or what
    /// [`Level::limit`] left of it.
    pub fn chosen() -> Level {
        *CHOSEN.get_or_init(detected)
    }

    /// Uses nothing beyond this level in the whole process. Only the first call, made before any kernel ran, has an
    /// effect; returns the level that is in use from then on.
    pub fn limit(self) -> Level {
        *CHOSEN.get_or_init(|| self.min(detected()))
    }
}

static CHOSEN: OnceLock<Level> = OnceLock::new();

/// Every call of a kernel asks for it, so the CPU is looked at once.
fn detected() -> Level {
    static DETECTED: OnceLock<Level> = OnceLock::new();
    *DETECTED.get_or_init(detect)
}

#[cfg(target_arch = "x86_64")]
fn detect() -> Level {
    let avx2 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("bmi1")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("lzcnt")
        && is_x86_feature_detected!("popcnt");
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512vbmi")
        && is_x86_feature_detected!("avx512vpopcntdq")
        && is_x86_feature_detected!("avx512bitalg");
    match (avx2, avx512) {
        (true, true) => Level::Avx512,
        (true, false) => Level::Avx2,
        (false, _) => Level::Baseline,
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detect() -> Level {
    Level::Baseline
}

/// Compiles a function once for each level, and defines `$name`, whose first argument is the level to run it on. The
/// bodies are `#[inline(always)]` functions of the same arguments: one for all levels, or the instance of a generic one
/// for each. The function may be generic in one lifetime or one size.
///
/// ```ignore
/// at_each_level! {
///     /// Adds `b` to `a`.
///     pub(crate) fn add(a: &mut [f64], b: &[f64]) = add_on_any_cpu;
/// }
/// add(Level::chosen(), a, b);
/// ```
#[macro_export]
macro_rules! at_each_level {
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident $(<$lifetime:lifetime>)? $(<const $size:ident: usize>)? ($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $body:path;) => {
        $crate::at_each_level! {
            $(#[$attribute])* $visibility fn $name $(<$lifetime>)? $(<const $size: usize>)? ($($argument: $type),*) $(-> $result)? = {
                Baseline: $body,
                Avx2: $body,
                Avx512: $body,
            };
        }
    };
    ($(#[$attribute:meta])* $visibility:vis fn $name:ident $(<$lifetime:lifetime>)? $(<const $size:ident: usize>)? ($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? = {
        Baseline: $baseline:path,
        Avx2: $avx2:path,
        Avx512: $avx512:path,
    };) => {
        $(#[$attribute])*
        #[allow(unsafe_code, clippy::too_many_arguments, reason = "a level is only called where the CPU was found to have it")]
        $visibility fn $name $(<$lifetime>)? $(<const $size: usize>)? (level: $crate::cpu::Level, $($argument: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            {
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt")]
                fn avx2 $(<$lifetime>)? $(<const $size: usize>)? ($($argument: $type),*) $(-> $result)? {
                    $avx2($($argument),*)
                }
                #[target_feature(enable = "avx2,bmi1,bmi2,lzcnt,popcnt,avx512f,avx512bw,avx512cd,avx512dq,avx512vl,avx512vbmi,avx512vpopcntdq,avx512bitalg")]
                fn avx512 $(<$lifetime>)? $(<const $size: usize>)? ($($argument: $type),*) $(-> $result)? {
                    $avx512($($argument),*)
                }
                assert!(level.is_available(), "this CPU has no {}", level.name());
                match level {
                    $crate::cpu::Level::Baseline => {}
                    // SAFETY: the CPU was just found to have every feature of the level.
                    $crate::cpu::Level::Avx2 => return unsafe { avx2$(::<$size>)?($($argument),*) },
                    // SAFETY: as above.
                    $crate::cpu::Level::Avx512 => return unsafe { avx512$(::<$size>)?($($argument),*) },
                }
            }
            let _ = level;
            $baseline($($argument),*)
        }
    };
}
