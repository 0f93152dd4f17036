import { type Stats, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import type { Strategy } from '../../adversary/strategy.ts'
import type { Mapping } from '../../conform/index.ts'
import type { Chooser } from '../../fuzz/schedule/chooser.ts'
import { comesFrom, countedBy, FEWEST_COUNTED, type Protocol, type Subject, UsageError } from '../../model/index.ts'
import { didYouMean } from '../../model/nearest.ts'
import { assertShape, FUNCTION, optional } from '../../model/shape.ts'
import { subjectIn } from '../../protocols/exported.ts'
import { loadRegistered, within } from './load-registered.ts'
import type { Resolved } from './resolved.ts'

/** A file, and behind it perhaps a variant that it exports: `./my.ts/commit-2f`. */
const PATH = /^(?<file>.+\.(?:[mc]?ts|[mc]?js))(?:\/(?<variant>[^/]+))?$/s

/** Between a model and a program that are held against each other: `bracha against ./mine.ts`. */
export const AGAINST = ' against '

const MAP = optional(FUNCTION)

/** Is it a path to a file, with or without a variant, and not a registered name? */
export function isPath(asked: string): boolean {
  return PATH.test(asked)
}

/** The file in a path to one, without the variant behind it. */
export function fileIn(path: string): string {
  return path.match(PATH)?.groups?.['file'] ?? path
}

/** The name of the file in a path to one, without its folders: `my.ts`. */
export function fileOf(path: string): string {
  return basename(fileIn(path))
}

/**
 * Finds a subject by its registered name or by the path of a file.
 * @throws UsageError that names what was not found, or the place in the file where something is wrong
 */
export async function resolveSubject(asked: string | undefined, cwd: string): Promise<Resolved> {
  if (!asked) {
    throw new UsageError('no subject is given', 'put a name that `turncoat list` shows, or a file, before the flags')
  }
  const pair = asked.split(AGAINST)
  if (pair.length === 2) return againstEachOther(pair[0]!, pair[1]!, cwd)
  const { file, variant } = asked.match(PATH)?.groups ?? {}
  if (file !== undefined) return loadFile(file, variant, cwd)
  const subject = await loadRegistered(asked.split('/')[0]!)
  const found = subject ? undefined : lookedUp(resolve(cwd, asked))
  if (found?.isDirectory()) throw folder(asked)
  if (found) throw new UsageError(`${asked} has an ending that no protocol has`, 'name a file that ends in .ts or .js')
  // All names are loaded only where a mistake is to be told.
  return (subject && within(subject, asked)) ?? (await import('./registered.ts')).registered(asked)
}

/** A model and a program as one subject: each replica is both. */
async function againstEachOther(model: string, program: string, cwd: string): Promise<Resolved> {
  const [one, other] = [await resolveSubject(model, cwd), await resolveSubject(program, cwd)]
  const { conformance } = await import('../../conform/index.ts')
  const { protocol, claims } = conformance(one.protocol, other.protocol, await mappingIn(program, cwd))
  return {
    protocol,
    subject: { protocol, variants: [], properties: { claims, expected: [] } },
    configuration: one.configuration,
    found: `${one.found}${AGAINST}${other.found}`,
    asked: `${model}${AGAINST}${program}`,
    file: `${model}${AGAINST}${program}`,
  }
}

/** How the file of a program says that the program is to be read in the words of the model. */
export async function mappingIn(asked: string, cwd: string): Promise<Mapping> {
  const { file } = asked.match(PATH)?.groups ?? {}
  if (file === undefined) return {}
  const { exportsOf } = await import('./subject-file.ts')
  const { mapping = {} } = await exportsOf(resolve(cwd, file), file)
  assertShape(`${file}, mapping`, { message: MAP, back: MAP, state: MAP, output: MAP }, mapping)
  return mapping as Mapping
}

/** What is there; a path that no file can have is one where nothing is. */
function lookedUp(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function folder(asked: string): UsageError {
  return new UsageError(`${asked} is a folder`, 'name the file in it that exports the protocol')
}

/** Strategies and schedulers that a file exports beside its protocol: what they need is loaded for them only. */
async function bringAlong(exports: Readonly<Record<string, unknown>>, protocols: readonly Protocol[]): Promise<void> {
  const { strategies, schedulers } = exports
  if (strategies !== undefined) {
    const { addStrategies } = await import('../../adversary/own-strategies.ts')
    for (const protocol of protocols) addStrategies(protocol, strategies as readonly Strategy[])
  }
  if (schedulers !== undefined) {
    const { addSchedulers } = await import('../../fuzz/schedule/own-choosers.ts')
    for (const protocol of protocols) addSchedulers(protocol, schedulers as readonly Chooser[])
  }
}

/** Lets each protocol of a file be found again in what the file exports when it is run once more. */
function bringAnew({ protocol, variants }: Subject, run: () => Subject): void {
  for (const one of [protocol, ...variants]) {
    comesFrom(one, () => {
      const anew = run()
      const same = anew.variants.find(({ variantName }) => variantName === one.variantName) ?? anew.protocol
      return { protocol: same, claims: anew.properties.claims }
    })
  }
}

async function loadFile(file: string, variant: string | undefined, cwd: string): Promise<Resolved> {
  const path = resolve(cwd, file)
  const there = lookedUp(path)
  if (!there) throw new UsageError(`there is no file ${file}`, 'check the path; it starts at the current folder')
  if (there.isDirectory()) throw folder(file)
  const { exportsOf } = await import('./subject-file.ts')
  const globals = new Set(Object.keys(globalThis))
  const runner = import('./run-anew.ts').then(({ runsAnew }) => runsAnew(path, globals))
  // The compiler is a process of its own: it is done by the time the file is loaded.
  const [run, exports] = await Promise.all([runner, exportsOf(path, file)])
  const { subject, bounds } = subjectIn(exports, file)
  await bringAlong(exports, [subject.protocol, ...subject.variants])
  if (run) bringAnew(subject, () => subjectIn(run(), file).subject)
  const own = subject.protocol
  const counts = countedBy(subject.properties.claims)
  const configuration = { ...(bounds ? { bounds } : {}), ...(counts > FEWEST_COUNTED ? { counts } : {}) }
  if (variant === undefined) return { protocol: own, subject, configuration, found: path, asked: file, file }
  const asked = `${file}/${variant}`
  const protocol = subject.variants.find(({ variantName }) => variantName === variant)
  if (protocol) return { protocol, subject, configuration, found: `${path}/${variant}`, asked, file }
  const known = subject.variants.map(({ variantName }) => `${file}/${variantName}`)
  const none = 'export what `protocol.variant(…)` returns, under any name'
  throw new UsageError(`${file} exports no variant called ${variant}`, known.length ? didYouMean(asked, known) : none)
}
