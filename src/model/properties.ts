import type { Claim } from './claim.ts'
import type { Law } from './conviction.ts'
import type { Protocol } from './protocol.ts'
import type { Authentication, Id, Network, Steps } from './setting.ts'
import type { NoteOf, OutputOf, Types } from './types.ts'

/** A configuration as flags would give it; what is left out is the protocol's default. */
export interface Configuration {
  readonly n?: number
  readonly f?: number
  /** Which replicas are Byzantine. */
  readonly byzantine?: readonly Id[]
  /** How many replicas are Byzantine; every choice is tried. Ignored where ids are given. */
  readonly b?: number
  readonly crash?: readonly Id[]
  readonly restart?: readonly Id[]
  readonly clients?: number
  readonly byzantineClients?: readonly Id[]
  readonly values?: readonly string[]
  readonly inputs?: 'any' | { readonly [id: Id]: readonly string[] }
  readonly bounds?: { readonly [name: string]: number }
  readonly auth?: Authentication
  readonly network?: Partial<Network>
  readonly steps?: Steps
  /** How many equal outputs of one participant are distinguished: as many as some claim counts, at least two. */
  readonly counts?: number
}

/** An established verdict about a subject in a configuration, for one claim. */
export interface Expectation {
  /** `bracha`, `bracha/echo-two`. */
  readonly subject: string
  readonly configuration: Configuration
  readonly claim: string
  readonly verdict: 'violated' | 'holds'
  /** The class of defect, where the violation has a name of its own. */
  readonly defect?: string
  /** How sure the source is: executable model or proof, hand reasoning, or a publication's word. */
  readonly confidence: 'firm' | 'derived' | 'reported'
}

/** A configuration with a name of its own, usable as a subject: `bracha/over-bound`. */
export interface NamedSetting {
  readonly name: string
  readonly about: string
  readonly configuration: Configuration
}

/** What the paper promises of a protocol. */
export interface Properties<T extends Types = any> {
  readonly claims: readonly Claim<OutputOf<T> | { readonly note: NoteOf<T> }>[]
  readonly settings?: readonly NamedSetting[]
  /** What a variant changes, in one sentence, by its name: where the variant does not say so itself. */
  readonly variants?: Readonly<Record<string, string>>
  readonly expected: readonly Expectation[]
  /** What convicts a replica. Only for protocols whose messages are signed. */
  readonly law?: Law
}

/** A protocol with its variants and claims: one line of the registry. */
export interface Subject {
  readonly protocol: Protocol
  readonly variants: readonly Protocol[]
  readonly properties: Properties
}

/** Declares the properties of a protocol, with claims typed against its outputs. */
export function properties<T extends Types>(declared: Properties<T>): Properties<T> {
  return declared
}

/** What is known of the messages of a variant's correct replicas, if anything is. */
export function lawOf({ properties }: Subject, { variantName }: Protocol): Law | undefined {
  const { law } = properties
  return variantName !== undefined && law?.except?.includes(variantName) ? undefined : law
}
