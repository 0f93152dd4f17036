/**
 * Every choice of `q` messages; those in which all messages are equal come first, so that each message gets its chance.
 */
export function* choicesOf<T>(items: readonly T[], q: number): Generator<readonly T[]> {
  for (const item of items) yield Array.from({ length: q }, () => item)
  yield* multisets(items, q)
}

/** Order left out: different senders may have sent the same. */
function* multisets<T>(items: readonly T[], q: number, first = 0, chosen: readonly T[] = []): Generator<readonly T[]> {
  if (chosen.length === q) {
    yield chosen
    return
  }
  for (let i = first; i < items.length; i++) yield* multisets(items, q, i, [...chosen, items[i]!])
}
