import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { assertClaims, type Claim, Protocol, type Subject, UsageError } from '../../model/index.ts'
import { quoted } from '../../report/text/command-line.ts'
import { packageFolder } from '../files/package-folder.ts'

type Exports = Readonly<Record<string, unknown>>

/**
 * What a file exports. TypeScript is loaded through tsx; nothing of it is loaded for registered protocols.
 * @throws UsageError that says where in the file the mistake is
 */
export async function exportsOf(path: string, asked: string): Promise<Exports> {
  const url = pathToFileURL(path).href
  try {
    const loaded = /\.[mc]?ts$/.test(path)
      ? await (await import('tsx/esm/api')).tsImport(url, import.meta.url)
      : await import(url)
    // Of a CommonJS file, not every export is found by its name.
    const whole = loaded.default
    return typeof whole === 'object' && whole !== null ? { ...whole, ...loaded } : loaded
  } catch (error) {
    throw new UsageError(`${asked} cannot be loaded: ${reason(error, path)}`, remedy(error, path))
  }
}

/** The protocol that a file exports, its variants and claims. */
export function subjectIn(
  file: Exports,
  asked: string,
): { readonly subject: Subject; readonly bounds: Readonly<Record<string, number>> | undefined } {
  const protocol = protocolIn(file, asked)
  const variants = Object.values(file)
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
    properties: { claims: claims as Claim<any>[], expected: [] },
  }
  return { subject, bounds: boundsIn(file, asked) }
}

/** What to do about a file that cannot be loaded: mostly, it is where nobody has installed this package. */
function remedy(error: unknown, path: string): string {
  const code = (error as { code?: unknown } | undefined)?.code
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (!missing || !/'turncoat'/.test((error as Error).message)) return 'correct the file and try again'
  return `install this package beside it: cd ${quoted(dirname(path))} && npm install ${quoted(packageFolder())}`
}

/** What an error says, with the line of the user's file that it came from. */
function reason(error: unknown, path: string): string {
  if (!(error instanceof Error)) return String(error)
  // By name: a file that brings its own copy of this package brings its own classes too.
  if (error.name === 'UsageError') return [error.message, (error as UsageError).suggestion].filter(Boolean).join('; ')
  const [first, second] = error.message.split('\n')
  // A compiler counts its errors before it tells them: the first one is worth more than their number.
  if (error.name === 'TransformError') return (second ?? first)!.replace(/(?<=:\d+:\d+): ERROR:/, ':')
  const place = placeIn(error, path) ?? (error.name === 'SyntaxError' ? brokenAt(path) : undefined)
  return `${first}${place ? ` (at ${place})` : ''}`
}

/** The line of a file that an error came from: `my.ts:12:5`. */
export function placeIn(error: Error, path: string): string | undefined {
  return (error.stack ?? '')
    .split('\n')
    .map((line) => line.replace('file://', '').match(/\/([^/()]+:\d+:\d+)\)?$/)?.[1])
    .find((found) => found && path.includes(found.split(':')[0]!))
}

/** Node tells the line of a syntax error only where it dies of it. */
function brokenAt(path: string): string | undefined {
  const kind = path.endsWith('.cjs') ? 'commonjs' : 'module'
  const { stderr } = spawnSync(process.execPath, [`--input-type=${kind}`, '--check'], {
    input: readFileSync(path),
    encoding: 'utf8',
  })
  const line = stderr.match(/^.*:(\d+)$/m)?.[1]
  return line && `${basename(path)}:${line}`
}

function protocolIn(file: Exports, asked: string): Protocol {
  const found = file['protocol']
  const protocol = asProtocol(found)
  if (protocol) return protocol
  if (found !== undefined) {
    throw new UsageError(`${asked}: \`protocol\` is no protocol`, 'export what `defineProtocol` returns')
  }
  const named = Object.keys(file).filter((name) => asProtocol(file[name]))
  const remedy = named.length > 0 ? `export one of these by that name: ${named.join(', ')}` : undefined
  throw new UsageError(`${asked} exports no \`protocol\``, remedy ?? 'export const protocol = defineProtocol({ … })')
}

/** A file brings a class of its own where tsx loads it, or where it imports an installed copy of this package. */
function asProtocol(found: unknown): Protocol | undefined {
  if (found instanceof Protocol) return found
  const alike = found as Partial<Protocol> | null | undefined
  if (typeof alike !== 'object' || typeof alike?.definition?.upon !== 'object') return undefined
  return new Protocol(alike.definition as never, alike.variantName, alike.about)
}

function boundsIn(file: Exports, asked: string): Record<string, number> | undefined {
  const bounds = file['bounds']
  if (bounds === undefined) return undefined
  const sound = typeof bounds === 'object' && bounds !== null && Object.values(bounds).every(Number.isInteger)
  if (!sound)
    throw new UsageError(`${asked}: \`bounds\` is no object of whole numbers`, 'export const bounds = { views: 2 }')
  return bounds as Record<string, number>
}
