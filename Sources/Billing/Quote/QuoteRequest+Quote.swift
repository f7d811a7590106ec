extension QuoteRequest {
  /// What the change costs or gives back.
  ///
  /// Checks its preconditions in the order of `QuoteRefusal.Code`; the first that fails is thrown.
  public func quote() throws(QuoteRefusal) -> Quote {
    throw QuoteRefusal(.invalidPrice, "not written yet")
  }

  /// The lines that explain the quote of this request, term by term; they lead to its amount.
  ///
  /// Built anew by the code that computes the quote. Throws what `quote()` throws.
  public func lines() throws(QuoteRefusal) -> [QuoteLine] {
    throw QuoteRefusal(.invalidPrice, "not written yet")
  }
}
