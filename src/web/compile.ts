import { transform } from 'sucrase'
import type { Code } from './messages.ts'
import { WorkerError } from './worker-client.ts'

/**
 * TypeScript as the worker runs it: types are taken away, imports are calls, and every line stays where it is.
 * @throws WorkerError with the line where it cannot be read
 */
export function compiled(files: Readonly<Record<string, string>>): Code {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => {
      try {
        const options = { transforms: ['typescript', 'imports'], disableESTransforms: true, filePath: path } as const
        return [path, transform(text, { ...options, transforms: [...options.transforms] }).code]
      } catch (error) {
        const { message, loc } = error as Error & { loc?: { readonly line: number } }
        const what = message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '')
        throw new WorkerError({ name: 'SyntaxError', message: what }, { path, line: loc?.line ?? 1 })
      }
    }),
  )
}

/** Names of variants, as far as they can be read off the code without running it. */
export function variantsIn(files: Readonly<Record<string, string>>): string[] {
  const found = Object.values(files).flatMap((text) => [
    ...text.matchAll(/\.(?:variant|trusting)\(\s*['"]([\w.-]+)['"]/g),
  ])
  return [...new Set(found.map(([, name]) => name!))]
}
