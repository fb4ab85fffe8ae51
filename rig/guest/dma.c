// SPDX-License-Identifier: GPL-2.0-only
/*
 * QEMU's edu device is assigned to the guest. User space drives it: its DMA reads and
 * writes the guest's RAM, at the addresses that page_ipa() finds.
 */
#include <dirent.h>
#include <fcntl.h>
#include <linux/pci_regs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "edu.h"
#include "guest.h"

#define DEVICES "/sys/bus/pci/devices"
#define EDU_VENDOR "0x1234\n"

static int open_file(const char *pci, const char *file)
{
	char path[300];

	snprintf(path, sizeof(path), DEVICES "/%s/%s", pci, file);
	return open(path, O_RDWR | O_SYNC);
}

static bool is_edu(const char *pci)
{
	char vendor[16] = "", path[300];
	int fd;

	snprintf(path, sizeof(path), DEVICES "/%s/vendor", pci);
	fd = open(path, O_RDONLY);
	if (fd < 0 || read(fd, vendor, sizeof(vendor) - 1) <= 0)
		*vendor = '\0';
	close(fd);
	return !strcmp(vendor, EDU_VENDOR);
}

static bool find_edu(char *pci, size_t size)
{
	DIR *dir = opendir(DEVICES);
	struct dirent *de;
	bool found = false;

	while (dir && !found && (de = readdir(dir))) {
		found = *de->d_name != '.' && is_edu(de->d_name);
		if (found)
			snprintf(pci, size, "%.63s", de->d_name);
	}
	if (dir)
		closedir(dir);
	return found;
}

static u8 *enable(const char *pci)
{
	const u8 command[2] = { PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER };
	int config = open_file(pci, "config"), bar = open_file(pci, "resource0");
	u8 *regs = MAP_FAILED;

	if (pwrite(config, command, sizeof(command), PCI_COMMAND) ==
	    sizeof(command))
		regs = mmap(NULL, EDU_REGISTERS, PROT_READ | PROT_WRITE,
			    MAP_SHARED, bar, 0);
	close(config);
	close(bar);
	return regs;
}

bool dma_check(const char *name)
{
	u8 *from = aligned_alloc(EDU_BUFFER_BYTES, EDU_BUFFER_BYTES);
	u8 *to = aligned_alloc(EDU_BUFFER_BYTES, EDU_BUFFER_BYTES), *regs;
	char pci[64];

	if (!from || !to || !find_edu(pci, sizeof(pci))) {
		report("%s FAIL there is no edu device", name);
		return false;
	}
	regs = enable(pci);
	if (regs == MAP_FAILED || !edu_is_one(regs)) {
		report("%s FAIL cannot use %s: %m", name, pci);
		return false;
	}
	for (size_t i = 0; i < EDU_BUFFER_BYTES; i++)
		from[i] = i * 167 + i / 251;
	memset(to, 0, EDU_BUFFER_BYTES);
	if (!edu_copy(regs, page_ipa(from), page_ipa(to), EDU_BUFFER_BYTES)) {
		report("%s FAIL the DMA did not end", name);
		return false;
	}
	if (memcmp(from, to, EDU_BUFFER_BYTES)) {
		report("%s FAIL the bytes are wrong", name);
		return false;
	}
	report("%s ok %d bytes read and written by the device, verified", name,
	       EDU_BUFFER_BYTES);
	return true;
}
