import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from '../../model/index.ts'
import { quoted } from '../../report/text/command-line.ts'
import { packageFolder } from '../files/package-folder.ts'

type Exports = Readonly<Record<string, unknown>>

/**
 * What a file exports. TypeScript is loaded through tsx; nothing of it is loaded for registered protocols.
 * @throws UsageError that says where in the file the mistake is
 */
export async function exportsOf(path: string, asked: string): Promise<Exports> {
  const url = pathToFileURL(path).href
  if (path.includes('?')) throw new UsageError(`${asked} has a question mark in its path`, 'give it another name')
  try {
    const loaded = /\.[mc]?ts$/.test(path) ? await typeScript(path, url) : await import(url)
    // Of a CommonJS file, not every export is found by its name.
    const whole = loaded.default
    return typeof whole === 'object' && whole !== null ? { ...whole, ...loaded } : loaded
  } catch (error) {
    throw new UsageError(`${asked} cannot be loaded: ${reason(error, path)}`, remedy(error, path))
  }
}

/**
 * A file in a folder that says nothing of modules is CommonJS to Node. Loaded as a module all the same, all of it would be one
 * line of an address, and no error could say where it is.
 */
async function typeScript(path: string, url: string): Promise<Exports> {
  if (!isCommonJs(path)) return (await import('tsx/esm/api')).tsImport(url, import.meta.url)
  return (await import('tsx/cjs/api')).require(path, import.meta.url) as Exports
}

function isCommonJs(path: string): boolean {
  if (!path.endsWith('.ts')) return path.endsWith('.cts')
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')).type !== 'module'
    if (dirname(folder) === folder) return true
  }
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
