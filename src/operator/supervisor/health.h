#pragma once

namespace dermaga::supervisor {

// True where GET http://127.0.0.1:<port>/readyz answers 200 within a second.
bool answers_ready(int port);

}  // namespace dermaga::supervisor
