#pragma once

namespace dermaga::store_api {

// api/store.openapi.yaml as JSON; made by embed_openapi.py.
extern const char kOpenApiJson[];

}  // namespace dermaga::store_api
