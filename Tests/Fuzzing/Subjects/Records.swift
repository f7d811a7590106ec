import Contracts

extension FuzzSubject {
  func checkRecord(_ bytes: [UInt8]) throws(Finding) {
    try checkRecord(bytes, RecordCodec.decodeInstance, RecordCodec.readInstance) {
      RecordCodec.encode($0)
    }
    try checkRecord(bytes, RecordCodec.decodeResize, RecordCodec.readResize) {
      RecordCodec.encode($0)
    }
  }

  private func checkRecord<Record: Equatable>(
    _ bytes: [UInt8], _ decode: ([UInt8]) throws(ContractViolation) -> Record,
    _ readTheLongWay: ([UInt8]) throws(ContractViolation) -> Record,
    _ encode: (Record) -> [UInt8]
  ) throws(Finding) {
    try requireSame(bytes, decode, readTheLongWay)
    let record: Record
    do throws(ContractViolation) {
      record = try decode(bytes)
    } catch {
      return try require(error.code == .corruptRecord, "a broken record is called \(error.code)")
    }
    let again = try expect("written again it is refused") { () throws(ContractViolation) in
      try decode(encode(record))
    }
    try require(again == record, "written again it is another record")
  }
}
