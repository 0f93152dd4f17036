import { assertClaims, type Claim, type Law, Protocol, type Subject, UsageError } from '../model/index.ts'
import { assertShape, FUNCTION, listOf, OBJECT, optional, TEXT } from '../model/shape.ts'
import { exportsOf } from './subject.ts'

type Exports = Readonly<Record<string, unknown>>

/** The protocol that a file exports, its variants and claims. */
export function subjectIn(
  file: Exports,
  asked: string,
): { readonly subject: Subject; readonly bounds: Readonly<Record<string, number>> | undefined } {
  const protocol = protocolIn(file, asked)
  const variants = exportsOf(file)
    .map(asProtocol)
    .filter((found) => found?.variantName !== undefined && found.definition.name === protocol.definition.name)
  const names = variants.map((variant) => variant!.variantName)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UsageError(`${asked} exports two variants called ${twice}`, 'rename one of them')
  if (file['claims'] === undefined) {
    throw new UsageError(`${asked} exports no \`claims\``, 'export const claims = [invariant({ … }, …)]')
  }
  const claims = file['claims']
  assertClaims(claims, asked, [protocol, ...(variants as Protocol[])])
  const subject: Subject = {
    protocol,
    variants: variants as Protocol[],
    properties: { claims: claims as Claim<any>[], expected: [], ...lawIn(file, asked) },
  }
  return { subject, bounds: boundsIn(file, asked) }
}

function protocolIn(file: Exports, asked: string): Protocol {
  const found = file['protocol']
  const protocol = asProtocol(found)
  if (protocol) return protocol
  if (found !== undefined) {
    throw new UsageError(`${asked}: \`protocol\` is not a protocol`, 'export what `defineProtocol` returns')
  }
  const whole = Object.keys(file).filter((name) => {
    const one = asProtocol(file[name])
    return name !== 'default' && one !== undefined && one.variantName === undefined
  })
  const remedy = asProtocol(file['default'])
    ? 'what it exports by default has no name: export const protocol = defineProtocol({ … })'
    : whole.length > 0
      ? `export one of these by that name: ${whole.join(', ')}`
      : undefined
  throw new UsageError(`${asked} exports no \`protocol\``, remedy ?? 'export const protocol = defineProtocol({ … })')
}

/** A file brings a class of its own where tsx loads it, or where it imports an installed copy of this package. */
function asProtocol(found: unknown): Protocol | undefined {
  if (found instanceof Protocol) return found
  const alike = found as Partial<Protocol> | null | undefined
  if (typeof alike !== 'object' || typeof alike?.definition?.upon !== 'object') return undefined
  return new Protocol(alike.definition as never, alike.variantName, alike.about)
}

const LAW = {
  once: listOf(TEXT),
  ...{ forgets: optional(FUNCTION), unjustified: optional(FUNCTION), except: optional(listOf(TEXT)) },
}

function lawIn({ law }: Exports, asked: string): { readonly law?: Law } {
  if (law === undefined) return {}
  assertShape(`${asked}, law`, { law: OBJECT }, { law })
  assertShape(`${asked}, law`, LAW, law as object)
  return { law: law as Law }
}

function boundsIn(file: Exports, asked: string): Record<string, number> | undefined {
  const bounds = file['bounds']
  if (bounds === undefined) return undefined
  const sound = typeof bounds === 'object' && bounds !== null && Object.values(bounds).every(Number.isInteger)
  if (!sound)
    throw new UsageError(`${asked}: \`bounds\` is not an object of whole numbers`, 'export const bounds = { views: 2 }')
  return bounds as Record<string, number>
}
