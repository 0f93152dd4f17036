import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
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
import { registry } from '../protocols/index.ts'
import { quoted } from './command-line.ts'
import { packageFolder } from './package-folder.ts'
import { didYouMean } from './suggest.ts'

/** What a name or path on the command line stands for. */
export interface Resolved {
  /** The protocol or variant that was named. */
  readonly protocol: Protocol
  readonly subject: Subject
  /** What a named setting, or the user's file, says before any flag. */
  readonly configuration: Configuration
  /** By this name workers and traces find the protocol again: a registered name, or an absolute path. */
  readonly found: string
  /** What the user wrote. */
  readonly asked: string
  /** The user's file as it was written, where the subject comes from one. */
  readonly file?: string
}

/** A file, and behind it perhaps a variant that it exports: `./my.ts/commit-2f`. */
const PATH = /^(?<file>.+\.(?:m?ts|m?js))(?:\/(?<variant>[^/]+))?$/s

/** Is it a path to a file, with or without a variant, and not a registered name? */
export function isPath(asked: string): boolean {
  return PATH.test(asked)
}

/** Every name that can be given as a subject: protocols, variants, named settings. */
export function subjectNames(): string[] {
  return registry.flatMap(({ protocol, variants, properties }) => [
    protocol.subject,
    ...variants.map((variant) => variant.subject),
    ...(properties.settings ?? []).map(({ name }) => `${protocol.subject}/${name}`),
  ])
}

/**
 * Finds a subject by its registered name or by the path of a file.
 * @throws UsageError that names what was not found, or the place in the file where something is wrong
 */
export async function resolveSubject(asked: string | undefined, cwd: string): Promise<Resolved> {
  if (!asked) {
    throw new UsageError('no subject is given', 'put a name that `turncoat list` shows, or a file, before the flags')
  }
  const { file, variant } = asked.match(PATH)?.groups ?? {}
  return file === undefined ? registered(asked) : loadFile(file, variant, cwd)
}

/** `protocol`, `protocol/variant`, `protocol/setting` or `protocol/variant/setting`. */
export function registered(asked: string): Resolved {
  const [name, ...parts] = asked.split('/')
  const subject = registry.find(({ protocol }) => protocol.definition.name === name)
  let protocol = subject?.protocol
  let configuration: Configuration = {}
  for (const [i, part] of parts.entries()) {
    const variant = i === 0 ? subject?.variants.find(({ variantName }) => variantName === part) : undefined
    const setting = subject?.properties.settings?.find((named) => named.name === part)
    if (variant) protocol = variant
    else if (setting && i === parts.length - 1) configuration = setting.configuration
    else protocol = undefined
  }
  if (!subject || !protocol) {
    throw new UsageError(
      `there is no protocol called ${asked}`,
      didYouMean(asked, subjectNames(), '`turncoat list` shows all of them; a file needs its ending, .ts or .js'),
    )
  }
  return { protocol, subject, configuration, found: protocol.subject, asked }
}

async function loadFile(file: string, variant: string | undefined, cwd: string): Promise<Resolved> {
  const path = resolve(cwd, file)
  if (!existsSync(path))
    throw new UsageError(`there is no file ${file}`, 'check the path; it starts at the current folder')
  const exported = await imported(path, file)
  const own = protocolIn(exported, file)
  const bounds = boundsIn(exported, file)
  const variants = Object.values(exported)
    .map(asProtocol)
    .filter((found) => found?.variantName !== undefined && found.definition.name === own.definition.name) as Protocol[]
  const claims = claimsIn(exported, file, [own, ...variants])
  const counts = countedBy(claims)
  const subject: Subject = { protocol: own, variants, properties: { claims, expected: [] } }
  const configuration = { ...(bounds ? { bounds } : {}), ...(counts > FEWEST_COUNTED ? { counts } : {}) }
  if (variant === undefined) return { protocol: own, subject, configuration, found: path, asked: file, file }
  const asked = `${file}/${variant}`
  const protocol = subject.variants.find(({ variantName }) => variantName === variant)
  if (protocol) return { protocol, subject, configuration, found: `${path}/${variant}`, asked, file }
  const known = subject.variants.map(({ variantName }) => `${file}/${variantName}`)
  const none = 'export what `protocol.variant(…)` returns, under any name'
  throw new UsageError(`${file} exports no variant called ${variant}`, known.length ? didYouMean(asked, known) : none)
}

/** TypeScript is loaded through tsx; nothing of it is loaded for registered protocols. */
async function imported(path: string, asked: string): Promise<Record<string, unknown>> {
  const url = pathToFileURL(path).href
  try {
    if (/\.m?ts$/.test(path)) {
      const { tsImport } = await import('tsx/esm/api')
      return await tsImport(url, import.meta.url)
    }
    return await import(url)
  } catch (error) {
    throw new UsageError(`${asked} cannot be loaded: ${reason(error, path)}`, remedy(error, path))
  }
}

/** What to do about a file that cannot be loaded: mostly, it lies where nobody has installed this package. */
function remedy(error: unknown, path: string): string {
  const code = (error as { code?: unknown } | undefined)?.code
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  if (!missing || !/'turncoat'/.test((error as Error).message)) return 'correct the file and try again'
  return `install this package beside it: cd ${quoted(dirname(path))} && npm install ${quoted(packageFolder())}`
}

/** The first line of an error, with the line of the user's file that it came from. */
function reason(error: unknown, path: string): string {
  if (!(error instanceof Error)) return String(error)
  // By name: a file that brings its own copy of this package brings its own classes too.
  if (error.name === 'UsageError') return [error.message, (error as UsageError).suggestion].filter(Boolean).join('; ')
  const place = (error.stack ?? '')
    .split('\n')
    .map((line) => line.replace('file://', '').match(/\/([^/()]+:\d+:\d+)\)?$/)?.[1])
    .find((found) => found && path.includes(found.split(':')[0]!))
  return `${error.message.split('\n')[0]}${place ? ` (at ${place})` : ''}`
}

function protocolIn(file: Record<string, unknown>, asked: string): Protocol {
  const found = file['protocol']
  if (found === undefined) {
    throw new UsageError(`${asked} exports no \`protocol\``, 'export const protocol = defineProtocol({ … })')
  }
  const protocol = asProtocol(found)
  if (protocol) return protocol
  throw new UsageError(`${asked}: \`protocol\` is no protocol`, 'export what `defineProtocol` returns')
}

/** A file brings a class of its own where tsx loads it, or where it imports an installed copy of this package. */
function asProtocol(found: unknown): Protocol | undefined {
  if (found instanceof Protocol) return found
  const alike = found as Partial<Protocol> | null | undefined
  if (typeof alike !== 'object' || typeof alike?.definition?.upon !== 'object') return undefined
  return new Protocol(alike.definition as never, alike.variantName, alike.about)
}

function claimsIn(file: Record<string, unknown>, asked: string, protocols: readonly Protocol[]): readonly Claim<any>[] {
  const claims = file['claims']
  if (claims === undefined) {
    throw new UsageError(`${asked} exports no \`claims\``, 'export const claims = [invariant({ … }, …)]')
  }
  assertClaims(claims, asked, protocols)
  return claims as readonly Claim<any>[]
}

function boundsIn(file: Record<string, unknown>, asked: string): Record<string, number> | undefined {
  const bounds = file['bounds']
  if (bounds === undefined) return undefined
  const sound = typeof bounds === 'object' && bounds !== null && Object.values(bounds).every(Number.isInteger)
  if (!sound)
    throw new UsageError(`${asked}: \`bounds\` is no object of whole numbers`, 'export const bounds = { views: 2 }')
  return bounds as Record<string, number>
}
