//! A trial: what is learnt and what is asked, and the key of everything else that is random.

use crate::network::Network;
use crate::plain::Parameters;
use crate::settings::{Labels, Teacher};
use crate::{start, streams};
use kernel::cpu::Level;
use model::random::Key;
use tasks::Patterns;

/// What a student learns, what it is asked then, and the key of all its random numbers.
#[derive(Debug, Clone)]
pub struct Trial {
    training: Patterns,
    test: Patterns,
    key: Key,
}

impl Trial {
    /// Random patterns of ±1 and what a teacher of these widths (one output) says to them. The first patterns are the
    /// same, however many there are.
    pub fn of_teacher(
        widths: &[u32],
        teacher: Teacher,
        labels: Labels,
        patterns: u32,
        test_patterns: u32,
        key: Key,
    ) -> Self {
        let teacher = Network::new(widths, &teachers_parameters(widths, teacher, key));
        let draw = |stream, count: u32| {
            let mut stream = key.stream(stream);
            let signs = stream.signs(count as usize * widths[0] as usize);
            signs.into_iter().map(f32::from).collect::<Vec<f32>>()
        };
        let inputs = [draw(streams::TRAINING, patterns), draw(streams::TEST, test_patterns)];
        let outputs = inputs.each_ref().map(|inputs| teacher.first_outputs(Level::chosen(), inputs));
        let threshold = match labels {
            Labels::Sign => 0.0,
            Labels::Centred => median(&outputs[0]),
        };
        let [training, test] = [0, 1].map(|which| {
            let labels = outputs[which].iter().map(|&f| u32::from(f >= threshold)).collect();
            Patterns::new(widths[0], 2, inputs[which].clone(), labels)
        });
        Self { training, test, key }
    }

    /// Patterns of a data set, in a random order: the first are learnt, the last are asked.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn of_patterns(data: &Patterns, patterns: u32, test_patterns: u32, key: Key) -> Self {
        let (patterns, test_patterns) = (patterns as usize, test_patterns as usize);
        assert!(patterns + test_patterns <= data.len(), "a spec asks for no more than there are");
        let order = start::permutation(&mut key.stream(streams::SPLIT), data.len());
        let test = &order[order.len() - test_patterns..];
        Self { training: data.select(&order[..patterns]), test: data.select(test), key }
    }

    /// What is learnt.
    pub fn training(&self) -> &Patterns {
        &self.training
    }

    /// What is not.
    pub fn test(&self) -> &Patterns {
        &self.test
    }

    /// The key of the start, the batches and all else.
    pub fn key(&self) -> Key {
        self.key
    }
}

fn teachers_parameters(widths: &[u32], teacher: Teacher, key: Key) -> Parameters<f32> {
    let mut stream = key.stream(streams::TEACHER);
    let weight = |normal: f64| match teacher {
        Teacher::Gaussian => normal as f32,
        Teacher::Signs if normal < 0.0 => -1.0,
        Teacher::Signs => 1.0,
    };
    let layers = widths.windows(2).map(|pair| {
        let normals = start::normals(&mut stream, pair[0] as usize * pair[1] as usize);
        normals.into_iter().map(weight).collect()
    });
    Parameters {
        weights: layers.collect(),
        biases: widths[1..].iter().map(|&width| vec![0.0; width as usize]).collect(),
    }
}

/// The upper median.
fn median(values: &[f32]) -> f32 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    sorted[sorted.len() / 2]
}
