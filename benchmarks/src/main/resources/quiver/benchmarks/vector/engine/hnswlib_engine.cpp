// hnswlib behind the line protocol of EngineProgram.java: build, search EFFORT K FILE, quit.
// Works with hnswlib 0.6.2 and newer.
#include <hnswlib/hnswlib.h>
#include <sched.h>
#include <time.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

namespace {

int64_t nanos(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

std::vector<float> read_floats(const char* path, size_t count) {
  std::vector<float> values(count);
  std::ifstream file(path, std::ios::binary);
  if (!file.read(reinterpret_cast<char*>(values.data()), count * sizeof(float))) {
    std::cerr << "cannot read " << path << std::endl;
    std::exit(1);
  }
  return values;
}

void pin(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  if (sched_setaffinity(0, sizeof(set), &set) != 0) {
    std::cerr << "cannot run on core " << core << std::endl;
    std::exit(1);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 13) {
    std::cerr << "arguments: base rows queries count dimension metric core threads m ef lists segments" << std::endl;
    return 2;
  }
  size_t rows = std::strtoull(argv[2], nullptr, 10);
  size_t query_count = std::strtoull(argv[4], nullptr, 10);
  size_t dimension = std::strtoull(argv[5], nullptr, 10);
  std::string metric = argv[6];
  int core = std::atoi(argv[7]);
  int threads = std::atoi(argv[8]);
  size_t m = std::strtoull(argv[9], nullptr, 10);
  size_t ef_construction = std::strtoull(argv[10], nullptr, 10);
  std::vector<float> queries = read_floats(argv[3], query_count * dimension);
  std::unique_ptr<hnswlib::SpaceInterface<float>> space;
  if (metric == "l2") {
    space = std::make_unique<hnswlib::L2Space>(dimension);
  } else {
    space = std::make_unique<hnswlib::InnerProductSpace>(dimension);
  }
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index;

  std::string line;
  while (std::getline(std::cin, line)) {
    std::istringstream words(line);
    std::string command;
    words >> command;
    if (command == "build") {
      std::vector<float> base = read_floats(argv[1], rows * dimension);
      int64_t cpu = nanos(CLOCK_PROCESS_CPUTIME_ID);
      int64_t wall = nanos(CLOCK_MONOTONIC);
      index = std::make_unique<hnswlib::HierarchicalNSW<float>>(space.get(), rows, m, ef_construction, 100);
      index->addPoint(base.data(), 0);
      std::atomic<size_t> next{1};
      std::vector<std::thread> workers;
      for (int t = 0; t < threads; t++) {
        workers.emplace_back([&] {
          for (size_t i = next++; i < rows; i = next++) {
            index->addPoint(base.data() + i * dimension, i);
          }
        });
      }
      for (auto& worker : workers) {
        worker.join();
      }
      cpu = nanos(CLOCK_PROCESS_CPUTIME_ID) - cpu;
      wall = nanos(CLOCK_MONOTONIC) - wall;
      size_t bytes = index->size_data_per_element_ * rows + sizeof(void*) * rows;
      for (size_t i = 0; i < rows; i++) {
        bytes += index->size_links_per_element_ * index->element_levels_[i];
      }
      pin(core);
      std::cout << "build " << cpu << " " << wall << " " << bytes << std::endl;
    } else if (command == "search") {
      size_t effort = 0;
      size_t k = 0;
      std::string file;
      words >> effort >> k >> file;
      index->setEf(effort);
      std::vector<int64_t> times(query_count);
      std::vector<int32_t> nearest(query_count * k, -1);
      int64_t cpu = nanos(CLOCK_THREAD_CPUTIME_ID);
      int64_t wall = nanos(CLOCK_MONOTONIC);
      for (size_t i = 0; i < query_count; i++) {
        int64_t before = nanos(CLOCK_MONOTONIC);
        auto found = index->searchKnn(queries.data() + i * dimension, k);
        for (size_t j = found.size(); j-- > 0; found.pop()) {
          nearest[i * k + j] = static_cast<int32_t>(found.top().second);
        }
        times[i] = nanos(CLOCK_MONOTONIC) - before;
      }
      cpu = nanos(CLOCK_THREAD_CPUTIME_ID) - cpu;
      wall = nanos(CLOCK_MONOTONIC) - wall;
      std::ofstream out(file, std::ios::binary | std::ios::trunc);
      out.write(reinterpret_cast<char*>(times.data()), times.size() * sizeof(int64_t));
      out.write(reinterpret_cast<char*>(nearest.data()), nearest.size() * sizeof(int32_t));
      out.close();
      std::cout << "search " << cpu << " " << wall << std::endl;
    } else if (command == "quit") {
      return 0;
    } else {
      std::cerr << "unknown command " << command << std::endl;
      return 2;
    }
  }
  return 0;
}
