import Codec
public import Core

extension RecordBatch {
    /// The records as JSON, one text each.
    public borrowing func jsonLines() -> [String] {
        var writer = JSONLinesWriter()
        var output = ByteBuffer()
        writer.append(self, to: &output)
        return output.bytes.makeString().split(separator: "\n").map(String.init)
    }

    /// Appends a record for each JSON object, as an input would.
    public mutating func append(json objects: String...) throws(DecodeError) {
        var builder = RecordBuilder()
        var reader = JSONReader()
        for object in objects {
            builder.begin()
            try Array(object.utf8).withBytes { (text) throws(DecodeError) in
                try reader.readObject(text, into: &builder)
            }
            builder.finish(into: &self)
        }
    }
}
