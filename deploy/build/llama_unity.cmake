# Read by CMake right after `project("llama.cpp")` (CMAKE_PROJECT_llama.cpp_INCLUDE), because llama-cpp-python's own
# CMakeLists forces LLAMA_BUILD_COMMON on and offers no switch for either of these.

# The chat, argument and download code of llama.cpp's command line tools: a third of the compile, never called by Agora.
set(LLAMA_BUILD_COMMON OFF)

# Many small model files compile faster together. Deferred, because the target does not exist yet at this point.
cmake_language(DEFER CALL set_target_properties llama PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 12)
