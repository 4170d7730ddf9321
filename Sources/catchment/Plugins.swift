import FilterGrep
import FilterModify
import FilterParser
import FilterRecordModifier
import InDummy
import InNetflow
import InRouteros
import InStdin
import InSyslog
import InTail
import OutFile
import OutNull
import OutS3
import OutStdout
import Pipeline

/// The plugins of this program, in the order they are listed in; a new one is a line here.
enum Plugins {
    static let registry = Registry(
        inputs: [
            SyslogInput.self, NetflowInput.self, RouterOSInput.self, TailInput.self,
            StdinInput.self, DummyInput.self,
        ],
        filters: [
            ParserFilter.self, GrepFilter.self, ModifyFilter.self, RecordModifierFilter.self,
        ],
        outputs: [FileOutput.self, S3Output.self, StdoutOutput.self, NullOutput.self])
}
