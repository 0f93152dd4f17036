import { resolve } from 'node:path'
import type { Resolved } from '../cli/subjects/resolved.ts'
import { resolveSubject } from '../cli/subjects/subjects.ts'
import {
  assertClaims,
  type Claim,
  type Configuration,
  countedBy,
  FEWEST_COUNTED,
  Protocol,
  type Subject,
  UsageError,
} from '../model/index.ts'
import { assertShape, listOf, OBJECT, optional, shownValue } from '../model/shape.ts'
import { subjectIn } from '../protocols/exported.ts'
import type { ProtocolModule, SubjectLike } from './subject-like.ts'

/** What is said besides of a subject that is given as an object. */
export interface AboutSubject {
  readonly claims?: readonly Claim<any>[]
  readonly file?: string
}

/**
 * Finds what is to be searched.
 * @throws UsageError for what is no subject, and for a protocol without claims
 */
export async function subjectOf(given: SubjectLike, { claims, file }: AboutSubject = {}): Promise<Resolved> {
  if (typeof given === 'string') {
    if (claims || file) {
      const odd = claims ? 'claims' : 'file'
      throw new UsageError(`${given} is the name of a subject, which has its own ${odd}`, `leave out ${odd}`)
    }
    return resolveSubject(given, resolve('.'))
  }
  if (isSubject(given)) return resolved(given, given.protocol, file)
  if (isProtocol(given)) return resolved(await subjectWith(given, claims), given, file)
  if (isModule(given)) {
    const { subject, bounds } = subjectIn({ ...given }, file ?? given.protocol.subject)
    return resolved(subject, subject.protocol, file, bounds)
  }
  throw new UsageError(
    `the subject is ${shownValue(given)}`,
    'give the name of a protocol, what `defineProtocol` returns, or all exports of a file: import * as mine from …',
  )
}

function isProtocol(given: object): given is Protocol {
  // A copy of this package has a class of its own.
  return given instanceof Protocol || (typeof given === 'object' && given !== null && 'definition' in given)
}

function isSubject(given: object): given is Subject {
  return typeof given === 'object' && given !== null && 'protocol' in given && 'properties' in given
}

function isModule(given: object): given is ProtocolModule {
  return typeof given === 'object' && given !== null && 'protocol' in given
}

const SUBJECT = { protocol: OBJECT, variants: listOf(OBJECT), properties: OBJECT }
const FILE = { words: 'the path of a file', is: (value: unknown) => typeof value === 'string' && value !== '' }

function resolved(
  subject: Subject,
  protocol: Protocol,
  file: string | undefined,
  bounds?: Readonly<Record<string, number>>,
): Resolved {
  assertShape('the subject', SUBJECT, subject)
  if (file !== undefined) assertShape('the options', { file: optional(FILE) }, { file })
  const counts = countedBy(subject.properties.claims)
  const configuration: Configuration = {
    ...(bounds ? { bounds } : {}),
    ...(counts > FEWEST_COUNTED ? { counts } : {}),
  }
  const { variantName, subject: name } = protocol
  const asked = file === undefined ? name : variantName === undefined ? file : `${file}/${variantName}`
  return { protocol, subject, configuration, found: name, asked, ...(file === undefined ? {} : { file }) }
}

/** A protocol with its claims: those that are given, or those that it is registered with. */
async function subjectWith(protocol: Protocol, claims: readonly Claim<any>[] | undefined): Promise<Subject> {
  if (claims) {
    assertClaims(claims, protocol.subject, [protocol])
    const variants = protocol.variantName === undefined ? [] : [protocol]
    return { protocol, variants, properties: { claims, expected: [] } }
  }
  const { registry } = await import('../protocols/index.ts')
  const known = registry.find((one) => one.protocol === protocol || one.variants.includes(protocol))
  if (known) return known
  throw new UsageError(
    `${protocol.subject} is given without claims`,
    'give them, { claims }, or all that its file exports: import * as mine from …',
  )
}
