import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const MAIN = join(import.meta.dirname, '../../dist/src/cli/main.js')

export interface Running {
  readonly child: ChildProcess
  /** Resolves at its end, with what it has printed. */
  readonly done: Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>
}

/** Starts the built command line. */
export function started(cwd: string, argv: readonly string[], environment: Record<string, string> = {}): Running {
  const env = { ...process.env, ...environment }
  const child = spawn(process.execPath, [MAIN, ...argv], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const done = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr })),
  )
  return { child, done }
}

/** What a campaign has made, file by file; not the shards, which are written in the order in which they were done. */
export function made(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile() && file.name !== 'shards.jsonl')
  return Object.fromEntries(
    paths
      .map((file) => join(file.parentPath, file.name))
      .sort()
      .map((path) => [path.slice(folder.length), readFileSync(path, 'utf8')]),
  )
}
