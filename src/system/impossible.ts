/** The step cannot be taken in this state. A replay diverges here; the message says what is missing. */
export class Impossible extends Error {
  override readonly name = 'Impossible'
}
