import Foundation
import FoundationNetworking
import Testing

/// Asks until the answer is as it should be.
func answer(
  _ port: UInt16, _ path: String, _ isWanted: (String) -> Bool
) async throws -> (code: Int, body: String) {
  let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
  var last: (code: Int, body: String) = (0, "")
  let came = await eventually {
    guard let (data, response) = try? await URLSession.shared.data(from: url) else {
      return false
    }
    last = (
      (response as? HTTPURLResponse)?.statusCode ?? 0, String(decoding: data, as: UTF8.self)
    )
    return isWanted(last.body)
  }
  try #require(came, "\(last)")
  return last
}
