import CLZ4

/// Bytes made shorter by LZ4, with their length and checksums: a frame of its own format, as the
/// tool `lz4` reads it.
enum LZ4Frame {
  /// LZ4 makes nothing shorter than by this factor (lz4_Block_format.md): where a frame says more, it
  /// is damaged, and no memory is asked for.
  private static let highestRatio: UInt64 = 255

  /// - Parameter bytes: At most 2 GB less 16 MB, far more than a page may have.
  static func compress(_ bytes: [UInt8]) -> [UInt8] {
    var preferences = LZ4F_preferences_t()
    // Of the blocks as they are stored, a tenth of what they hold.
    preferences.frameInfo.blockChecksumFlag = LZ4F_blockChecksumEnabled
    preferences.frameInfo.contentSize = UInt64(bytes.count)
    let bound = LZ4F_compressFrameBound(bytes.count, &preferences)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = bytes.withUnsafeBytes {
        LZ4F_compressFrame(buffer.baseAddress, bound, $0.baseAddress, $0.count, &preferences)
      }
      precondition(LZ4F_isError(count) == 0, "a frame fits into the bound of its length")
    }
  }

  /// - Throws: `PageDamage` if the bytes are not one whole frame of bytes as `compress` makes it.
  static func decompress(_ frame: ArraySlice<UInt8>) throws(PageDamage) -> [UInt8] {
    var context: OpaquePointer?
    defer { LZ4F_freeDecompressionContext(context) }
    guard LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) == 0 else {
      throw PageDamage("there is no memory for reading it")
    }
    var info = LZ4F_frameInfo_t()
    var headerCount = frame.count
    let hint = frame.withUnsafeBytes {
      LZ4F_getFrameInfo(context, &info, $0.baseAddress, &headerCount)
    }
    try require(hint)
    guard info.isChecked, info.contentSize <= UInt64(frame.count) * highestRatio
    else { throw PageDamage("its frame is not one of an outbox page") }
    let rest = frame.dropFirst(headerCount)
    var (left, consumed) = (0, rest.count)
    let size = Int(info.contentSize)
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      var produced = size
      left = rest.withUnsafeBytes {
        LZ4F_decompress(context, buffer.baseAddress, &produced, $0.baseAddress, &consumed, nil)
      }
      count = LZ4F_isError(left) == 0 ? produced : 0
    }
    try require(left)
    guard left == 0, bytes.count == size else { throw PageDamage("it ends too early") }
    guard consumed == rest.count else { throw PageDamage("bytes are left over") }
    return bytes
  }

  private static func require(_ result: Int) throws(PageDamage) {
    guard LZ4F_isError(result) != 0 else { return }
    throw PageDamage("its frame is damaged (\(String(cString: LZ4F_getErrorName(result))))")
  }
}

extension LZ4F_frameInfo_t {
  /// Whether what is in it is covered by checksums; pages of older versions have one of the content.
  fileprivate var isChecked: Bool {
    blockChecksumFlag == LZ4F_blockChecksumEnabled
      || contentChecksumFlag == LZ4F_contentChecksumEnabled
  }
}
