import { Worker } from 'node:worker_threads'

/**
 * Starts a thread of one of the modules beside this file: what is built, or by way of tsx where nothing has been built.
 */
export function threadOf(module: 'fresh-worker' | 'setting-worker'): Worker {
  const here = import.meta.url
  if (here.endsWith('.js')) return new Worker(new URL(`./${module}.js`, here))
  const tsx = JSON.stringify(import.meta.resolve('tsx/esm/api'))
  const load = `import(${tsx}).then(({ tsImport }) => tsImport('./${module}.ts', ${JSON.stringify(here)}))`
  return new Worker(load, { eval: true })
}
