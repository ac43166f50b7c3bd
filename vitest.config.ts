import { defineConfig } from 'vitest/config'

export default defineConfig({
  resolve: { conditions: ['orrery-source'] },
  ssr: { resolve: { conditions: ['orrery-source'], externalConditions: ['orrery-source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'tools/**/*.test.ts',
      'systems/*/{scenario,src}/**/*.test.ts',
      'conformance/**/*.test.ts',
      'simulation/**/*.test.ts',
    ],
    isolate: false,
    // A process for each core: much of a run waits for programs of others, and those count processes of their own.
    pool: 'forks',
    maxWorkers: '100%',
    testTimeout: 60_000,
  },
})
