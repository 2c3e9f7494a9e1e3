//! Patterns with their labels.

/// Patterns, each with the class that it belongs to. At least two, of at least one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Patterns {
    inputs: u32,
    classes: u32,
    /// One pattern after another.
    values: Vec<f32>,
    labels: Vec<u32>,
}

impl Patterns {
    /// Patterns of `inputs` numbers, one after another in `values`, and the class of each, in 0..`classes`.
    ///
    /// # Panics
    /// If the lengths do not agree, or a label is none.
    pub fn new(inputs: u32, classes: u32, values: Vec<f32>, labels: Vec<u32>) -> Self {
        assert_eq!(values.len(), inputs as usize * labels.len(), "as many numbers as patterns have inputs");
        assert!(labels.iter().all(|&label| label < classes), "labels are classes");
        Self { inputs, classes, values, labels }
    }

    /// n_0.
    pub fn inputs(&self) -> u32 {
        self.inputs
    }

    /// How many classes there are.
    pub fn classes(&self) -> u32 {
        self.classes
    }

    /// How many patterns there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The numbers of one pattern.
    pub fn input(&self, pattern: usize) -> &[f32] {
        let inputs = self.inputs as usize;
        &self.values[pattern * inputs..(pattern + 1) * inputs]
    }

    /// The class of each pattern; of two classes, 0 stands for −1 and 1 for +1.
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Some of them, in the order given.
    pub fn select(&self, which: &[u32]) -> Self {
        let values = which.iter().flat_map(|&pattern| self.input(pattern as usize)).copied().collect();
        let labels = which.iter().map(|&pattern| self.labels[pattern as usize]).collect();
        Self { inputs: self.inputs, classes: self.classes, values, labels }
    }

    /// The same with other numbers.
    #[must_use]
    pub fn map_inputs(mut self, new: impl Fn(f32) -> f32) -> Self {
        self.values.iter_mut().for_each(|value| *value = new(*value));
        self
    }
}

/// Whether networks of these widths can learn the patterns: n_0 inputs, and an output for each class, or one for two.
///
/// # Errors
/// What does not fit.
pub fn fits(widths: &[u32], patterns: &Patterns) -> Result<(), String> {
    let (inputs, outputs) = (widths.first().copied(), widths.last().copied());
    if inputs != Some(patterns.inputs) {
        return Err(format!("its patterns have {} numbers, so n_0 must be that", patterns.inputs));
    }
    match (outputs, patterns.classes) {
        (Some(1), 2) => Ok(()),
        (Some(outputs), classes) if outputs == classes => Ok(()),
        (_, 2) => Err("it has two classes: a network has 1 output, or 2".to_owned()),
        (_, classes) => Err(format!("it has {classes} classes, so a network has {classes} outputs")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_have_an_output_for_each_class_or_one_for_two() {
        let patterns = |classes| Patterns::new(2, classes, vec![0.0; 4], vec![0, 1]);
        for (widths, classes) in [([2, 3, 1], 2), ([2, 3, 2], 2), ([2, 3, 7], 7)] {
            assert_eq!(fits(&widths, &patterns(classes)), Ok(()));
        }
        for (widths, classes, why) in
            [([3, 3, 1], 2, "have 2 numbers"), ([2, 3, 3], 2, "1 output, or 2"), ([2, 3, 1], 3, "3 outputs")]
        {
            assert!(fits(&widths, &patterns(classes)).unwrap_err().contains(why));
        }
    }
}
