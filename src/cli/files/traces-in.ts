import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from '../../model/index.ts'

/**
 * The traces in a folder, in the order of their names, as the user would name them.
 * @throws UsageError where there is no such folder
 */
export function tracesIn(folder: string): string[] {
  try {
    const names = readdirSync(resolve(folder)).filter((name) => name.endsWith('.json'))
    return names.sort().map((name) => join(folder, name))
  } catch (error) {
    throw new UsageError(`${folder} cannot be read: ${(error as Error).message}`, 'name a folder that holds traces')
  }
}
