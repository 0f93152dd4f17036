module register

go 1.19
