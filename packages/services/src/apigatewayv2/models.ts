import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateModel,
  DeleteModel,
  GetModel,
  GetModels,
  type Model,
  UpdateModel,
} from '@cloud-orrery/models/apigatewayv2'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { bad, modelExists } from './errors.ts'
import { given, page, part, partsOf, shown, theApi } from './lookup.ts'
import { judged, newPartId } from './names.ts'
import { type ModelRecord, models } from './state.ts'

export const createModel = operation(CreateModel, {
  authorize: ({ ApiId }, ctx) => judged('POST', `/apis/${ApiId}/models`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...input }) {
    if (theApi(ctx, ApiId).ProtocolType !== 'WEBSOCKET') {
      throw bad('Models are only supported for WebSocket APIs')
    }
    checkModel(ctx, ApiId, input)
    const model = models.put(ctx, {
      ContentType: 'application/json',
      ...given(input),
      ApiId,
      ModelId: newPartId(ctx, 6),
    })
    return shown(model)
  },
})

function checkModel(ctx: Context, apiId: string, { Name, Schema }: Model, ownId?: string): void {
  if (!/^[A-Za-z0-9]{1,128}$/.test(Name)) throw bad('Model name must be alphanumeric')
  for (const other of partsOf(ctx, models, apiId)) {
    if (other.Name === Name && other.ModelId !== ownId) throw modelExists(Name)
  }
  if (Schema === undefined || Schema === '') return
  try {
    JSON.parse(Schema)
  } catch {
    throw bad(
      'Invalid model specified: Validation Result: warnings : [], errors : [Invalid model schema specified]',
    )
  }
}

export const getModel = operation(GetModel, {
  authorize: ({ ApiId, ModelId }, ctx) => judged('GET', `/apis/${ApiId}/models/${ModelId}`, ctx),
  provenance: 'modelled',
  run: (ctx, { ApiId, ModelId }) => shown(theModel(ctx, ApiId, ModelId)),
})

export const getModels = operation(GetModels, {
  authorize: ({ ApiId }, ctx) => judged('GET', `/apis/${ApiId}/models`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ...paging }) {
    theApi(ctx, ApiId)
    const { items, nextToken } = page(ctx, models, [ApiId], paging)
    return { Items: items.map(shown), ...given({ NextToken: nextToken }) }
  },
})

export const updateModel = operation(UpdateModel, {
  authorize: ({ ApiId, ModelId }, ctx) => judged('PATCH', `/apis/${ApiId}/models/${ModelId}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ModelId, ...changes }) {
    const changed = { ...theModel(ctx, ApiId, ModelId), ...given(changes) }
    checkModel(ctx, ApiId, changed, ModelId)
    return shown(models.put(ctx, changed))
  },
})

export const deleteModel = operation(DeleteModel, {
  authorize: ({ ApiId, ModelId }, ctx) => judged('DELETE', `/apis/${ApiId}/models/${ModelId}`, ctx),
  provenance: 'modelled',
  run(ctx, { ApiId, ModelId }) {
    theModel(ctx, ApiId, ModelId)
    models.delete(ctx, orderedKey(ApiId, ModelId))
    return {}
  },
})

function theModel(ctx: Context, apiId: string, modelId: string): ModelRecord {
  return part(ctx, models, 'Model', apiId, modelId)
}
