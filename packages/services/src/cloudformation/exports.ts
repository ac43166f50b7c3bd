import { ListExports, ListImports } from '@cloud-orrery/models/cloudformation'
import { operation } from '../define.ts'
import { importersOf } from './apply/exports.ts'
import { page } from './describe-stacks.ts'
import { validationError } from './errors.ts'
import { exports } from './state.ts'

export const listExports = operation(ListExports, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { NextToken }) {
    const { rows, next } = page([...exports.scan(ctx)], NextToken, 'ListExports')
    return {
      Exports: rows.map(({ name, value, stackId }) => ({
        ExportingStackId: stackId,
        Name: name,
        Value: value,
      })),
      ...next,
    }
  },
})

export const listImports = operation(ListImports, {
  authorize: () => '*',
  provenance: 'modelled',
  run(ctx, { ExportName, NextToken }) {
    if (exports.get(ctx, ExportName) === undefined) {
      throw validationError(`Export '${ExportName}' does not exist.`)
    }
    const importers = importersOf(ctx, ExportName)
    if (importers.length === 0) {
      throw validationError(`Export '${ExportName}' is not imported by any stack.`)
    }
    const { rows, next } = page(importers, NextToken, ['ListImports', ExportName])
    return { Imports: [...rows], ...next }
  },
})
