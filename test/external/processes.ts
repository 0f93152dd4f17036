import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { emptyFolder } from '../cli/world.ts'

export const DIST = join(import.meta.dirname, '../../dist/src')
export const ODD = join(import.meta.dirname, 'odd.mjs')
export const KEEPING = join(import.meta.dirname, 'keeping.mjs')

/**
 * A folder with a protocol, `subject.js`, whose program is a script of this folder's; its processes have the folder's name in
 * their arguments.
 * @param declared more of the declaration, as source text
 * @param from the copy of this package that the file imports
 */
export function folderWith(script: string, mode: string, declared: string, from = join(DIST, 'index.js')): string {
  if (!existsSync(DIST)) throw new Error('build first: npm run build')
  const folder = emptyFolder()
  const mark = join(folder, 'mark')
  writeFileSync(
    join(folder, 'subject.js'),
    `import { external, invariant } from ${JSON.stringify(from)}
export const protocol = external({
  name: 'subject', about: 'A program.', input: true, ${declared},
  command: [process.execPath, ${JSON.stringify(script)}, ${JSON.stringify(mode)}, ${JSON.stringify(mark)}],
})
export const claims = [invariant({ name: 'nothing', about: 'Nothing.' }, () => undefined)]
`,
  )
  return folder
}

/** A program of odd.mjs that goes wrong in this way. */
export function oddFolder(mode: string, limits: object, from?: string): string {
  const declared = `rules: () => ({}), messages: ['SAY'], limits: ${JSON.stringify(limits)},
  defaults: () => ({ f: 0, b: 0, values: ['a'], inputs: { 0: ['a'] }, bounds: {} })`
  return folderWith(ODD, mode, declared, from)
}

/** The built command line, at work in a folder. */
export function begun(folder: string, argv: readonly string[]): ChildProcess {
  return spawn(process.execPath, [join(DIST, 'cli/main.js'), ...argv], { cwd: folder })
}

/** How a command ended, and what it printed. */
export async function ended(command: ChildProcess) {
  let [stdout, stderr] = ['', '']
  command.stdout!.on('data', (chunk) => {
    stdout += chunk
  })
  command.stderr!.on('data', (chunk) => {
    stderr += chunk
  })
  const [code] = await once(command, 'close')
  return { code: code as number | null, stdout, stderr }
}

/** What a command found, but for what depends on the clock. */
export function foundIn(stdout: string): object {
  const { seconds: _, ...result } = JSON.parse(stdout)
  return result
}

/** The processes of a folder's program that run, and the guards of each. */
export function running(folder: string): { readonly programs: readonly number[]; readonly guards: readonly number[] } {
  const all = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n')
  const own = all.filter((line) => line.includes(join(folder, 'mark')))
  const isGuard = (line: string): boolean => line.includes('/bin/sh -c')
  const numbers = (lines: readonly string[]): number[] => lines.map((line) => Number.parseInt(line, 10))
  return { programs: numbers(own.filter((line) => !isGuard(line))), guards: numbers(own.filter(isGuard)) }
}

/** Does nothing of a folder's program run any more, after a while? */
export function isGone(folder: string): Promise<boolean> {
  const left = () => Object.values(running(folder)).flat()
  return until(() => left().length === 0, 10)
}

export async function until(done: () => boolean, seconds: number): Promise<boolean> {
  for (let i = 0; i < seconds * 20; i++) {
    if (done()) return true
    await sleep(50)
  }
  return done()
}
