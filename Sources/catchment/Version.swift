/// What this program is called and which release it is.
enum Version {
    static let number = "0.1.0"
    static let text = "catchment \(number)"
}
