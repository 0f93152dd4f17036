import type { Threshold } from '../../model/index.ts'

/** Who can have said one message, or one of several. */
export interface Senders {
  /** By participant position, then by word of the row: the envelopes that count. */
  readonly rows: Int32Array
  /** Bits of the identities of the coalition that can always say it. */
  readonly sure: number
  /** Provable messages, with the bits of the identities that can say them once they are proved. */
  readonly maybe: readonly { readonly provable: number; readonly identities: number }[]
}

export type Atom =
  | { readonly kind: 'count'; readonly q: Threshold; readonly of: Senders }
  | { readonly kind: 'choice'; readonly of: readonly Senders[]; readonly choices: readonly (readonly number[])[] }
