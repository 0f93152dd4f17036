import { assertClaims, byText, type Properties, Protocol, type Subject, UsageError } from '../model/index.ts'

/** What a file exports, sorted by name as Node.js does it: a bundler has an order of its own. */
export const exportsOf = (file: Readonly<Record<string, unknown>>): unknown[] =>
  Object.keys(file)
    .sort(byText)
    .map((name) => file[name])

/**
 * Pairs a protocol's file with its properties. Every exported protocol of the file counts: the one without a variant
 * name is the protocol itself.
 */
export function subject(file: Readonly<Record<string, unknown>>, properties: Properties<any>): Subject {
  const protocols = exportsOf(file).filter((value): value is Protocol => value instanceof Protocol)
  const protocol = protocols.find(({ variantName }) => variantName === undefined)
  if (!protocol) throw new UsageError('the file exports no protocol', 'export what `defineProtocol` returns')
  const variants = protocols.filter(({ variantName }) => variantName !== undefined)
  assertClaims(properties.claims, protocol.subject, [protocol, ...variants])
  return { protocol, variants, properties }
}
