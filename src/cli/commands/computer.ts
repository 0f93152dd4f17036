import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism, totalmem } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { getHeapStatistics } from 'node:v8'
import { UsageError } from '../../model/index.ts'
import { packageFolder } from '../files/package-folder.ts'
import { exportsOf } from '../subjects/subject-file.ts'

/** What `doctor` asks of the machine: tests give another one. What is not there is an error that says why. */
export interface Computer {
  readonly node: string
  readonly cores: number
  /** Bytes that this process may use, by the machine or its container. */
  readonly memory: number
  /** Bytes that one thread may fill before a search ends. */
  readonly heap: number
  /** What package.json says. */
  readonly manifest: Manifest
  readonly canLoad: (name: string) => Promise<void>
  readonly canLoadTypeScript: () => Promise<void>
  /** Can a folder be written to, or made? */
  readonly canWrite: (folder: string) => Promise<void>
}

export interface Manifest {
  readonly engines: { readonly node: string }
  readonly dependencies?: Readonly<Record<string, string>>
}

export function thisComputer(): Computer {
  const require = createRequire(import.meta.url)
  const constrained = process.constrainedMemory() ?? 0
  return {
    node: process.versions.node,
    cores: availableParallelism(),
    // Where there is no limit, the number is 0, or larger than any machine.
    memory: constrained > 0 ? Math.min(totalmem(), constrained) : totalmem(),
    heap: getHeapStatistics().heap_size_limit,
    manifest: require(join(packageFolder(), 'package.json')),
    canLoad: async (name) => void (await import(name)),
    // The whole way of a user's file: the loader, its compiler, and this package by its name.
    canLoadTypeScript: async () =>
      void (await exportsOf(join(packageFolder(), 'templates/broadcast.ts'), 'templates/broadcast.ts')),
    canWrite,
  }
}

async function canWrite(folder: string): Promise<void> {
  const there = await stat(folder).catch(() => undefined)
  if (there && !there.isDirectory()) throw new UsageError(`${folder} is not a folder`)
  const above = dirname(resolve(folder))
  if (!there && above !== folder) await canWrite(above)
  else await access(folder, constants.W_OK | constants.X_OK)
}
