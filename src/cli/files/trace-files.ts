import { readFile, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { HarnessError, nameOf, same, UsageError } from '../../model/index.ts'
import { decode } from '../../trace/decode.ts'
import { encode } from '../../trace/encode.ts'
import { MOST_BYTES, type Trace } from '../../trace/trace.ts'
import { saveFile } from './save-file.ts'
import { DEFAULT_FOLDER, namesFile, shownPath } from './trace-folder.ts'

/**
 * Reads the text of a trace from a file. Its size is looked at before its contents are.
 * @throws UsageError that names the file and what is wrong with it
 */
export async function readTraceText(asked: string, cwd: string): Promise<string> {
  const path = resolve(cwd, asked)
  const found = await stat(path).catch(() => undefined)
  if (!found) throw new UsageError(`there is no file ${asked}`, 'check the path; it starts at the current folder')
  if (!found.isFile()) throw new UsageError(`${asked} is not a file`, 'name one trace, or several')
  if (found.size > MOST_BYTES) {
    throw new UsageError(
      `${asked} has ${Math.round(found.size / 1_000_000)} MB, and no trace is larger than ${MOST_BYTES / 1_000_000} MB`,
      'take the trace from where it was saved',
    )
  }
  const bytes = await readFile(path).catch((error: Error) => {
    throw new UsageError(`${asked} cannot be read: ${error.message}`, 'check who may read it')
  })
  return textOf(bytes, asked)
}

/** The same, and what it says. */
export async function readTrace(asked: string, cwd: string): Promise<Trace> {
  const text = await readTraceText(asked, cwd)
  try {
    return await decode(text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(
      error.message.startsWith(asked) ? error.message : `${asked}: ${error.message}`,
      error.suggestion,
    )
  }
}

function textOf(bytes: Uint8Array, asked: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError(`${asked} is not UTF-8 text`, 'take the trace from where it was saved')
  }
}

/** The name of the file that a new trace goes into. */
export function fileName({ protocol, variant, claim, setting }: Trace): string {
  const { n, byzantine } = setting
  const byzantineReplicas = byzantine.length > 0 ? byzantine.map((id) => nameOf(id, n)).join('-') : 'none'
  const words = [protocol, variant, claim, `n${n}`, `byzantine-${byzantineReplicas}`].filter(Boolean).join('-')
  return `${words.replace(/[^\w-]+/g, '-').slice(0, 150)}.json`
}

/** Do two traces tell the same run? Their titles, stories and how they were found may differ. */
export function tellsTheSame(a: Trace, b: Trace): boolean {
  const told = ({ protocol, variant, setting, claim, steps }: Trace): object => ({
    protocol,
    variant,
    setting,
    claim,
    steps,
  })
  return same(told(a), told(b))
}

/**
 * The text of a trace, which is certain to be read again.
 * @throws UsageError where the reader would refuse what the protocol says: too deep, too long, control characters
 */
async function readable(trace: Trace): Promise<string> {
  const text = encode(trace)
  const again = await decode(text).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error
    const what = `${trace.witness}; this breaks ${trace.claim}, but its trace could not be read again`
    throw new UsageError(`${what}: ${error.message}`, 'let the protocol send, output and store less, or simpler values')
  })
  if (encode(again) !== text) throw new HarnessError('a trace reads otherwise than it was written')
  return text
}

export interface SavedTrace {
  /** As the user would name it. */
  readonly path: string
  /** The file was there already, with the same run in it, and was left alone. */
  readonly kept: boolean
}

/**
 * Saves a new trace. A file that tells the same run is left as it is, with the title and story that somebody may have
 * given it; one that tells another run is never overwritten: the new one gets a number.
 * @param before what this command has saved of the same violation: it is replaced
 */
export async function saveTrace(
  trace: Trace,
  cwd: string,
  out = DEFAULT_FOLDER,
  before?: SavedTrace,
): Promise<SavedTrace> {
  const first = namesFile(out) ? resolve(cwd, out) : resolve(cwd, out, fileName(trace))
  const stem = first.slice(0, -'.json'.length)
  const replaced = before && !before.kept ? resolve(cwd, before.path) : undefined
  for (let number = 1; ; number++) {
    const path = number === 1 ? first : `${stem}-${number}.json`
    if (path === replaced || !(await stat(path).catch(() => undefined))) {
      await saveFile(path, await readable(trace))
      if (replaced !== undefined && path !== replaced) await rm(replaced, { force: true })
      return { path: shownPath(path, cwd), kept: false }
    }
    const there = await readTrace(path, cwd).catch(() => undefined)
    if (!there || !tellsTheSame(there, trace)) continue
    if (replaced !== undefined) await rm(replaced, { force: true })
    return { path: shownPath(path, cwd), kept: true }
  }
}

/** What became of a trace that was to be saved. */
export interface Saving {
  readonly saved: SavedTrace | undefined
  /** Why it could not be saved. */
  readonly unsaved?: string
}

/** Saves a trace if it can be saved: a violation is worth telling even where the disk is full. */
export async function trySaving(save: () => Promise<SavedTrace>, before?: SavedTrace): Promise<Saving> {
  try {
    return { saved: await save() }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { saved: before, unsaved: [error.message, error.suggestion].filter(Boolean).join('; ') }
  }
}

/** Puts a trace in the place of the file that it was read from. */
export async function rewriteTrace(trace: Trace, asked: string, cwd: string): Promise<void> {
  await saveFile(resolve(cwd, asked), await readable(trace))
}
