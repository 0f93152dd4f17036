/** The step cannot be taken in this state. A replay parts here; the message says what is missing. */
export class Impossible extends Error {
  override readonly name = 'Impossible'
}
