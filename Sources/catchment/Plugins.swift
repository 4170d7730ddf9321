import Pipeline

/// The plugins of this program, in the order they are listed in; a new one is a line here.
enum Plugins {
    static let registry = Registry(
        inputs: [],
        filters: [],
        outputs: [])
}
