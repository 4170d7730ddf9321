/// The templates of a stream by id.
///
/// A sorted array: most streams have a handful, and with thousands of exporters each place in memory
/// that a look-up touches is a wait (`Benchmarks/exporters.py`).
struct TemplateTable {
    private struct Entry {
        var id: UInt16
        var template: Template
    }

    private var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }
    var count: Int { entries.count }
    /// In the order of ids.
    var values: some Sequence<Template> { entries.lazy.map(\.template) }

    subscript(id: UInt16) -> Template? {
        get {
            let index = position(of: id)
            return index < entries.count && entries[index].id == id ? entries[index].template : nil
        }
        set {
            let index = position(of: id)
            let isKnown = index < entries.count && entries[index].id == id
            switch (newValue, isKnown) {
            case (let template?, true): entries[index].template = template
            case (let template?, false):
                entries.insert(Entry(id: id, template: template), at: index)
            case (nil, true): entries.remove(at: index)
            case (nil, false): break
            }
        }
    }

    /// Of the first entry whose id is not smaller.
    private func position(of id: UInt16) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low
    }

    mutating func removeValue(forKey id: UInt16) -> Template? {
        let old = self[id]
        self[id] = nil
        return old
    }

    mutating func removeAll() { entries.removeAll() }
}
