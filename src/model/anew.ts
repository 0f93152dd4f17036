import type { Claim } from './claim.ts'
import type { Protocol } from './protocol.ts'

/** What a file exports, once it has been run again from its beginning. */
export interface Anew {
  readonly protocol: Protocol
  readonly claims: readonly Claim<any>[]
}

const files = new WeakMap<Protocol, () => Anew>()

/** Where a protocol comes from a file that can be run again: nothing that it has kept in variables is there then. */
export function comesFrom(protocol: Protocol, run: () => Anew): void {
  files.set(protocol, run)
}

/** Runs the file of a protocol again; nothing where it has none, or one that cannot be. */
export function anewOf(protocol: Protocol): (() => Anew) | undefined {
  return files.get(protocol)
}
