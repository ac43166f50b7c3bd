import { orderedKey } from '@cloud-orrery/kernel'
import {
  CreateModel,
  CreateRequestValidator,
  DeleteModel,
  DeleteRequestValidator,
  GetModel,
  GetModels,
  GetRequestValidator,
  GetRequestValidators,
  type Model,
  type RequestValidator,
  UpdateModel,
  UpdateRequestValidator,
} from '@cloud-orrery/models/apigateway'
import type { Context } from '../context.ts'
import { operation } from '../define.ts'
import { newPartId, partsOf, theApi } from './api-lookup.ts'
import { apiNotFound, badRequest, conflict, modelNotFound, validatorNotFound } from './errors.ts'
import { flattened, schemaOf } from './model-schemas.ts'
import { page } from './pages.ts'
import { flag, patchesOf, replaceOf } from './patches.ts'
import { needs } from './permissions.ts'
import {
  type ModelRecord,
  models,
  resources,
  restApis,
  type ValidatorRecord,
  validators,
} from './state.ts'

export const createModel = operation(CreateModel, {
  authorize: needs('POST', '/restapis/{restApiId}/models'),
  provenance: 'recorded',
  run(ctx, { restApiId, name, description, schema, contentType }) {
    if (name === '') throw badRequest('Model name must be non-empty')
    if (!restApis.has(ctx, restApiId)) throw apiNotFound(ctx.accountId, restApiId)
    if (models.has(ctx, orderedKey(restApiId, name))) {
      throw conflict('Model name already exists for this REST API')
    }
    if (!/^[a-zA-Z0-9]+$/.test(name)) {
      throw badRequest(`Model name must be alphanumeric: ${name}`)
    }
    checkSchema(schema)
    return shownModel(
      models.put(ctx, {
        apiId: restApiId,
        id: newPartId(ctx),
        name,
        ...(description === undefined || description === '' ? {} : { description }),
        ...(schema === undefined ? {} : { schema }),
        contentType,
      }),
    )
  },
})

function checkSchema(schema: string | undefined): void {
  if (schema === undefined || schema === '') {
    throw badRequest('Model schema must have at least 1 property or array items defined')
  }
  const parsed = schemaOf(schema)
  if (parsed === undefined) {
    throw badRequest(
      'Invalid model schema specified: Validation Result: warnings : [], errors : [Invalid model schema specified]',
    )
  }
}

export const getModel = operation(GetModel, {
  authorize: needs('GET', '/restapis/{restApiId}/models/{modelName}'),
  provenance: 'recorded',
  run(ctx, { restApiId, modelName, flatten }) {
    const model = theModel(ctx, restApiId, modelName)
    if (flatten !== true) return shownModel(model)
    return { ...shownModel(model), schema: flattened(ctx, model) }
  },
})

function theModel(ctx: Context, restApiId: string, name: string): ModelRecord {
  const model = models.get(ctx, orderedKey(restApiId, name))
  if (model === undefined) throw modelNotFound(name)
  return model
}

export const getModels = operation(GetModels, {
  authorize: needs('GET', '/restapis/{restApiId}/models'),
  provenance: 'recorded',
  run(ctx, input) {
    theApi(ctx, input.restApiId)
    return page(
      input,
      ['GetModels', input.restApiId],
      ({ after }) => models.scan(ctx, partsOf(input.restApiId, after)),
      ({ name }) => orderedKey(input.restApiId, name),
      shownModel,
    )
  },
})

export const updateModel = operation(UpdateModel, {
  authorize: needs('PATCH', '/restapis/{restApiId}/models/{modelName}'),
  provenance: 'recorded',
  run(ctx, { restApiId, modelName, patchOperations }) {
    let model = theModel(ctx, restApiId, modelName)
    for (const patch of patchesOf(patchOperations)) {
      const field = replaceOf(patch, ['/description', '/schema'])
      if (field === 'schema') {
        checkSchema(patch.value)
        model = { ...model, schema: patch.value ?? '' }
      } else {
        const { description: _, ...others } = model
        model =
          patch.value === undefined || patch.value === ''
            ? others
            : { ...others, description: patch.value }
      }
    }
    return shownModel(models.put(ctx, model))
  },
})

export const deleteModel = operation(DeleteModel, {
  authorize: needs('DELETE', '/restapis/{restApiId}/models/{modelName}'),
  provenance: 'recorded',
  run(ctx, { restApiId, modelName }) {
    theModel(ctx, restApiId, modelName)
    const user = userOf(ctx, restApiId, modelName)
    if (user !== undefined) {
      throw conflict(`Cannot delete model '${modelName}', is referenced in ${user}`)
    }
    models.delete(ctx, orderedKey(restApiId, modelName))
    return {}
  },
})

/** The last method that names a model. Recorded: apigateway, `test_put_method_model`. */
function userOf(ctx: Context, restApiId: string, name: string): string | undefined {
  let user: string | undefined
  let depth = -1
  for (const { path, methods } of resources.scan(ctx, partsOf(restApiId))) {
    for (const method of Object.values(methods)) {
      const place = `${path}/${method.httpMethod}`
      const inRequest = Object.values(method.requestModels ?? {}).includes(name)
      const inResponse = Object.values(method.methodResponses ?? {}).some(
        ({ responseModels = {} }) => Object.values(responseModels).includes(name),
      )
      if ((!inRequest && !inResponse) || path.length <= depth) continue
      depth = path.length
      user = `method ${inRequest ? 'request' : 'response'}: ${place}`
    }
  }
  return user
}

function shownModel({ apiId: _, ...model }: ModelRecord): Model {
  return model
}

export const createRequestValidator = operation(CreateRequestValidator, {
  authorize: needs('POST', '/restapis/{restApiId}/requestvalidators'),
  provenance: 'recorded',
  run(ctx, { restApiId, name, validateRequestBody = false, validateRequestParameters = false }) {
    // Recorded: apigateway, CreateRequestValidator: in words of its own.
    if (!restApis.has(ctx, restApiId)) throw badRequest('Invalid REST API identifier specified')
    return shownValidator(
      validators.put(ctx, {
        apiId: restApiId,
        id: newPartId(ctx),
        ...(name === undefined ? {} : { name }),
        validateRequestBody,
        validateRequestParameters,
      }),
    )
  },
})

export const getRequestValidator = operation(GetRequestValidator, {
  authorize: needs('GET', '/restapis/{restApiId}/requestvalidators/{requestValidatorId}'),
  provenance: 'recorded',
  run: (ctx, { restApiId, requestValidatorId }) =>
    shownValidator(theValidator(ctx, restApiId, requestValidatorId)),
})

function theValidator(ctx: Context, restApiId: string, id: string): ValidatorRecord {
  const validator = validators.get(ctx, orderedKey(restApiId, id))
  if (validator === undefined) throw validatorNotFound()
  return validator
}

export const getRequestValidators = operation(GetRequestValidators, {
  authorize: needs('GET', '/restapis/{restApiId}/requestvalidators'),
  provenance: 'recorded',
  run(ctx, input) {
    theApi(ctx, input.restApiId)
    return page(
      input,
      ['GetRequestValidators', input.restApiId],
      ({ after }) => validators.scan(ctx, partsOf(input.restApiId, after)),
      ({ id }) => orderedKey(input.restApiId, id),
      shownValidator,
    )
  },
})

export const updateRequestValidator = operation(UpdateRequestValidator, {
  authorize: needs('PATCH', '/restapis/{restApiId}/requestvalidators/{requestValidatorId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, requestValidatorId, patchOperations }) {
    let validator = theValidator(ctx, restApiId, requestValidatorId)
    for (const patch of patchesOf(patchOperations)) {
      const field = replaceOf(patch, [
        '/name',
        '/validateRequestParameters',
        '/validateRequestBody',
      ])
      if (field === 'name') {
        if (patch.value === undefined || patch.value === '') {
          throw badRequest('Request Validator name cannot be blank')
        }
        validator = { ...validator, name: patch.value }
      } else validator = { ...validator, [field]: flag(patch.value) }
    }
    return shownValidator(validators.put(ctx, validator))
  },
})

export const deleteRequestValidator = operation(DeleteRequestValidator, {
  authorize: needs('DELETE', '/restapis/{restApiId}/requestvalidators/{requestValidatorId}'),
  provenance: 'recorded',
  run(ctx, { restApiId, requestValidatorId }) {
    theValidator(ctx, restApiId, requestValidatorId)
    for (const { methods } of resources.scan(ctx, partsOf(restApiId))) {
      if (Object.values(methods).some((it) => it.requestValidatorId === requestValidatorId)) {
        throw conflict(
          `Cannot delete request validator '${requestValidatorId}', is referenced in a method`,
        )
      }
    }
    validators.delete(ctx, orderedKey(restApiId, requestValidatorId))
    return {}
  },
})

function shownValidator({ apiId: _, ...validator }: ValidatorRecord): RequestValidator {
  return validator
}
