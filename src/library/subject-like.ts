import type { Claim, Law, Protocol, Subject } from '../model/index.ts'

/** All that a file of a protocol exports: `import * as mine from './mine.ts'`. Variants are among its other exports. */
export interface ProtocolModule {
  readonly protocol: Protocol
  readonly claims: readonly Claim<any>[]
  readonly bounds?: { readonly [name: string]: number }
  /** What convicts a replica; `explain` uses it. */
  readonly law?: Law
}

/** A protocol with its variants and claims, as the registry lists them. */
export interface GivenSubject extends Omit<Subject, 'properties'> {
  readonly properties: Omit<Subject['properties'], 'claims'> & { readonly claims: readonly Claim<any>[] }
}

/**
 * What to search: a registered name or the path of a file, as on the command line (`pbft/commit-2f`,
 * `./mine.ts/mutant`); all that such a file exports; a subject; or a protocol alone, whose claims are then an option,
 * unless it is registered.
 */
export type SubjectLike = string | Protocol | GivenSubject | ProtocolModule
