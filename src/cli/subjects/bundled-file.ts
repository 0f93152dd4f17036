import { createRequire } from 'node:module'
import { basename } from 'node:path'
import type * as Esbuild from 'esbuild'
import { UsageError } from '../../model/index.ts'

/**
 * A user's file with all that it imports, as one CommonJS module that a browser can run. What it imports from `turncoat`
 * is left to whoever runs it. The compiler is the one that tsx brings with it.
 * @throws UsageError where it imports what a browser does not have
 */
export async function bundledFile(path: string, asked: string): Promise<string> {
  const { build } = compiler()
  try {
    const { outputFiles } = await build({
      ...{ entryPoints: [path], bundle: true, write: false, format: 'cjs', platform: 'browser', target: 'es2022' },
      ...{ external: ['turncoat'], logLevel: 'silent', keepNames: true, charset: 'utf8' },
    })
    return outputFiles[0]!.text
  } catch (error) {
    const [first] = (error as Partial<Esbuild.BuildFailure>).errors ?? []
    const where = first?.location ? ` (at ${basename(first.location.file)}:${first.location.line})` : ''
    throw new UsageError(
      `${asked} cannot be made part of a page: ${first?.text ?? (error as Error).message}${where}`,
      'a protocol on a page uses nothing but turncoat and files of its own',
    )
  }
}

/** The compiler that tsx brings with it. */
export function compiler(): typeof Esbuild {
  const require = createRequire(import.meta.url)
  try {
    return createRequire(require.resolve('tsx/package.json'))('esbuild') as typeof Esbuild
  } catch (error) {
    throw new UsageError(
      `the compiler that puts a file into a page comes with tsx, which cannot be loaded: ${(error as Error).message.split('\n')[0]}`,
      'npm install tsx',
    )
  }
}
